Console.WriteLine("mneme-bench");
